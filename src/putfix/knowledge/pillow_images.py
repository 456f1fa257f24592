"""Pillow: images. One that is opened from a file is normally larger than 100 KB, as it is pickled with its pixels.

An opened image reads its pixels when something first needs them, pickling too; ``load``, ``seek``, ``verify`` and
``close``, which act on the open file, are not listed.
"""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_IMAGE = "Pillow reference, Image module"
_READS = (
    "convert copy crop effect_spread entropy filter getbands getbbox getchannel getcolors getextrema getpalette "
    "getpixel getprojection histogram quantize reduce remap_palette resize rotate save show split tobytes transform "
    "transpose"
)

LIBRARY = Library(
    producers=(
        Producers(names("PIL.Image", "open"), "PIL.Image.Image", _IMAGE),
        Producers(names("PIL.Image", "new fromarray frombytes"), "PIL.Image.Image", _IMAGE, size="unknown"),
    ),
    reads=(
        Reads(names("PIL.Image", "alpha_composite blend composite frombytes merge new"), _IMAGE),
        Reads(names("PIL.Image", "open fromarray frombuffer"), _IMAGE, result="view"),
    ),
    large_types=("PIL.Image.Image",),
    methods=(
        Methods(
            "PIL.Image.Image",
            _IMAGE,
            reads=tuple(_READS.split()),
            changes=("paste", "putalpha", "putdata", "putpalette", "putpixel"),
            shrinks=("thumbnail",),
            plain_attributes=("size", "width", "height", "mode", "format"),
            acting=("effect_spread", "save", "show"),
            keeps_size=("convert", "copy", "rotate", "transpose"),
            repeatable=tuple("convert copy crop getbbox histogram resize rotate tobytes transpose".split()),
        ),
    ),
)
