"""What the screens see, and who watches: numbered frames over Socket.IO."""
