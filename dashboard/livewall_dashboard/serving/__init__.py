"""The programs that serve the wall: `livewall up` and `livewall serve`."""
