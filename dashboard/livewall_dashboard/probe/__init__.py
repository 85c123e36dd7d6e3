"""`livewall probe`: does a running wall work, from a listener's event to a screen?"""
