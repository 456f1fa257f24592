"""The language server: what putfix finds while a program is written, in any editor that speaks the protocol."""
