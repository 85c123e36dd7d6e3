"""What the screens get: numbered frames over Socket.IO."""
