"""Build reports sent to a wall as the script sends them."""

from __future__ import annotations

import io
from typing import Any

from flask.testing import FlaskClient


def send_report(client: FlaskClient, tarball: bytes, query: str = "") -> str:
    """Gives its run."""
    data = {"file": (io.BytesIO(tarball), "x")}
    response = client.post(f"/upload{query}", data=data, content_type="multipart/form-data")
    assert response.status_code == 200, response.text
    return response.text.split(": ")[1].rpartition("/")[2]


def get(client: FlaskClient, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, response.text
    return response.json
