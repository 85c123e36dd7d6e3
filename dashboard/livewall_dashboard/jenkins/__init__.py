"""Latest builds of each setup's Jenkins jobs: asked for in the background, sparingly, and joined with our own runs."""
