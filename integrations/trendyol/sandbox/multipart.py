"""Reading multipart/form-data bodies (contract section 2): named texts and files."""

from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser

from .errors import order_refused
from .messages import Request
from .routing import FORM_BODY


@dataclass(frozen=True, slots=True)
class Upload:
    """One file part."""

    name: str
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """A form's parts; a name may come several times."""

    values: list[tuple[str, str]]
    files: list[Upload]

    def text(self, name: str) -> str:
        """The last value, or an empty string."""
        return next((value for key, value in reversed(self.values) if key == name), "").strip()

    def texts(self, name: str) -> list[str]:
        """A list, written with commas or by repeating the part."""
        parts = [part.strip() for key, value in self.values if key == name for part in value.split(",")]
        return [part for part in parts if part]


def read_form(request: Request) -> Form:
    """The parts of a multipart body; an empty form when nothing was sent. Raises Refusal 400."""
    form = Form([], [])
    if not request.body:
        return form
    declared = Message()
    declared["Content-Type"] = request.headers.get("content-type", "")
    boundary = declared.get_boundary()
    if request.media_type != FORM_BODY or not boundary:
        raise order_refused("multipart/form-data bekleniyor", key="body.invalid")
    pieces = (b"\r\n" + request.body).split(b"\r\n--" + boundary.encode())
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise order_refused("Form okunamadı", key="body.invalid")
    for piece in pieces[1:-1]:
        _add_part(form, piece)
    return form


def _add_part(form: Form, piece: bytes) -> None:
    head, found, content = piece.partition(b"\r\n\r\n")
    headers = BytesParser().parsebytes(head.lstrip() + b"\r\n\r\n", headersonly=True)
    name = headers.get_param("name", header="content-disposition")
    if not found or not isinstance(name, str):
        raise order_refused("Form okunamadı", key="body.invalid")
    filename = headers.get_filename()
    if filename is None:
        form.values.append((name, content.decode(errors="replace")))
        return
    form.files.append(
        Upload(name=name, filename=filename, content_type=headers.get_content_type(), content=content)
    )
