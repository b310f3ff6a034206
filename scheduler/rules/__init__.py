"""Rules of groups and schedules: values in, values out, without Django."""
