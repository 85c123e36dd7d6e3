"""Build reports sent to a wall as the script sends them."""

from __future__ import annotations

import io
import re
from typing import Any

import urllib3
from flask.testing import FlaskClient
from urllib3.filepost import encode_multipart_formdata


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


def upload_report(url: str, tarball: bytes) -> str:
    """To the wall of another process. Gives its run."""
    body, content_type = encode_multipart_formdata({"file": ("x", tarball)})
    response = urllib3.request("POST", f"{url}/upload", body=body, headers={"Content-Type": content_type})
    text = response.data.decode()
    assert response.status == 200, text
    return re.search(r"/runs/([^:\s]+)", text)[1]  # type: ignore[index]
