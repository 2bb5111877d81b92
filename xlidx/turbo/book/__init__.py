"""Books of many series: tables in, one row per series or per series and day out; steps come from the path."""
