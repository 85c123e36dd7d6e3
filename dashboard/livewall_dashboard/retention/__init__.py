"""How long runs are kept: what is due goes each hour, or by `livewall prune`; what is pinned stays for ever."""
