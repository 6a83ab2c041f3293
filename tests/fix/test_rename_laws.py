"""Laws of the rename: the reverse restores every byte, only the name changes, and the object code is the same."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kscan import api
from tests.fix.renaming import contents, run, tree

LINES = (
    "int f%d(struct page *p)\n{\n\treturn grab_page(p);\n}\n",
    "int f%d(struct s *grab_page)\n{\n\treturn grab_page->grab_page;\n}\n",
    "/* grab_page() number %d, grab_page-like, and p->grab_page */\n",
    "struct s%d { int grab_page; int other; };\n",
    "#define CALL%d(p) grab_page(p)\n",
    "#define FIELD%d(p) ((p)->grab_page)\n",
    "void f%d(void)\n{\n\tint grab_page;\ngrab_page:\n\tuse(grab_page);\n}\n",
    'char *s%d = "grab_page: grab_page() failed";\n',
    "EXPORT_SYMBOL(grab_page); /* %d */\n",
    "int other%d(struct page *p) { struct ops o = { .grab_page = grab_page }; return o.grab_page(p); }\n",
    "/* M\xfcller, %d: \u9875 grab_page */\n",
    "#if %d\n#elif defined(grab_page)\n#endif\n",
)
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,6}_[a-z0-9_]{1,12}", fullmatch=True)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    chosen = draw(st.lists(st.sampled_from(LINES), max_size=8))
    text = "".join(line % number for number, line in enumerate(chosen))
    ends = draw(st.sampled_from(["\n", "\r\n"]))
    return text.replace("\n", ends).encode(draw(st.sampled_from(["utf-8", "latin-1"])), "ignore")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=files(), page=files(), new=NAMES)
def test_the_reverse_restores_every_byte(text: bytes, page: bytes, new: str) -> None:
    texts: dict[str, bytes | str] = {
        "mm/grab.c": "int grab_page(struct page *p)\n{\n\treturn 0;\n}\n",
        "mm/user.c": text,
        "Documentation/mm/a.rst": page,
    }
    with TemporaryDirectory() as folder:
        root = tree(Path(folder), texts)
        before = contents(root, texts)
        result = run(root, new=new)
        api.rename_files(result)
        after = contents(root, texts)
        for path in texts:
            changed = [edit.span for edit in result.edits if edit.span.file == path]
            assert after[path].replace(new.encode(), b"grab_page") == before[path]
            assert len(re.findall(rb"\b%s\b" % new.encode(), after[path])) >= len(changed)
        api.rename_files(run(root, new, "grab_page"))
        assert contents(root, texts) == before


SOURCE = """
#define EXPORT_SYMBOL(s) extern typeof(s) s; static const char __name_##s[] __attribute__((used)) = "exported"
#define unlikely(x) __builtin_expect(!!(x), 0)
#define first_of(p, m) (&(p)->m)

struct page { unsigned long flags; int grab_page; };
struct ops { int (*grab_page)(struct page *page); };

/**
 * grab_page - take a reference
 * @page: the page
 *
 * grab_page() fails when the page is going away.
 */
int grab_page(struct page *page)
{
\tif (unlikely(page->flags & 1))
\t\treturn -16;
\tpage->grab_page++;
\treturn 0;
}
EXPORT_SYMBOL(grab_page);

static const struct ops ops = { .grab_page = grab_page };

int use_page(struct page *page, int grab_page)
{
\tint *count = first_of(page, grab_page);

\tif (!grab_page)
\t\tgoto grab_page;
\treturn *count + grab_page;
grab_page:
\treturn ops.grab_page(page);
}

int call_page(struct page *page)
{
\treturn grab_page(page) ?: use_page(page, 1);
}
"""


def _object_code(folder: Path, source: Path) -> str:
    made = folder / "page.o"
    subprocess.run(["gcc", "-O1", "-w", "-std=gnu11", "-c", source, "-o", made], check=True)
    shown = [["objdump", "-dr", "--no-show-raw-insn", made], ["nm", made]]
    return "".join(subprocess.run(one, check=True, capture_output=True, text=True).stdout for one in shown)


@pytest.mark.skipif(not (shutil.which("gcc") and shutil.which("objdump")), reason="needs gcc and objdump")
def test_the_object_code_differs_in_the_name_alone(tmp_path: Path) -> None:
    root = tree(tmp_path / "linux", {"mm/grab.c": SOURCE})
    before = _object_code(tmp_path, root / "mm/grab.c")
    api.rename_files(run(root))
    after = _object_code(tmp_path, root / "mm/grab.c")
    assert "take_page" in after and "grab_page" not in after
    assert sorted(after.replace("take_page", "grab_page").splitlines()) == sorted(before.splitlines())
