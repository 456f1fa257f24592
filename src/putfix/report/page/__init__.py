"""The report as one page for a browser, ``--output-format html``: ``pip install 'putfix[html]'``.

``contents.py`` makes of results what the page shows, with ``sides.py`` (changes side by side, and the lines that are
spoken of), ``colouring.py`` (source text in colours) and ``amounts.py`` (the chart); ``rendering.py`` writes it, with
Jinja, from ``page.html`` and
``parts.html``, ``page.css`` and ``page.js``.
"""
