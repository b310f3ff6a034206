#!/bin/sh
# Fills the settings in and starts Janus. The secret never stands in an argument: those can be read
# by every process of the machine.
set -eu
umask 077
: "${JANUS_SECRET:?make one with openssl rand -hex 32}"
case $JANUS_SECRET in *[!A-Za-z0-9]*) echo "JANUS_SECRET: letters and digits only" >&2; exit 1 ;; esac
mkdir -p /tmp/janus
for file in /etc/commonhour/*.jcfg; do
	awk '{
		gsub(/@SECRET@/, ENVIRON["JANUS_SECRET"])
		gsub(/@RTP_PORTS@/, ENVIRON["RTP_PORTS"])
		gsub(/@MEDIA_INTERFACE@/, ENVIRON["MEDIA_INTERFACE"])
		gsub(/@WS_IP@/, ENVIRON["WS_IP"])
		gsub(/@WS_PORT@/, ENVIRON["WS_PORT"])
		print
	}' "$file" > "/tmp/janus/$(basename "$file")"
done
unset JANUS_SECRET
exec janus --configs-folder /tmp/janus
