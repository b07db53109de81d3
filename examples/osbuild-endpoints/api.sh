# Talks to the host from inside the sandbox, for POSIX shells: `. ./api.sh`.
# Needs perl for the sockets; Debian's perl-base, which every Debian has, will do. `sed` takes the reply apart.

API=${API:-/run/osbuild/api}

# api_send ENDPOINT <DOCUMENT: sends a JSON document and prints the reply, if there is one. Ends with 1 when that is an
# error. It has been handled when this returns.
api_send() {
  perl -MIO::Socket::UNIX -e '
    sub fail { print STDERR "api: $_[0]: $!\n"; exit 1 }
    my $host = IO::Socket::UNIX->new(Peer => $ARGV[0]) or fail("no endpoint at $ARGV[0]");
    my $document = do { local $/; <STDIN> };
    $document =~ tr/\r\n/  /;
    print $host "$document\n" and $host->flush or fail($ARGV[0]);
    shutdown $host, 1;
    my $failed = 0;
    while (my $reply = <$host>) {
      $failed = 1 if $reply =~ /^\{"error":/;
      print { $failed ? *STDERR : *STDOUT } $reply;
    }
    exit $failed;
  ' "$API/$1"
}

# api_string TEXT: the text as JSON.
api_string() {
  perl -e '$_ = shift; s/([\\"])/\\$1/g; s/([\x00-\x1f])/sprintf "\\u%04x", ord $1/ge; print qq("$_")' -- "$1"
}

# api_arguments: prints the document that the host has for this stage.
api_arguments() {
  api_reply=$(printf '"get"' | api_send arguments) || return
  printf '%s\n' "$api_reply" | sed 's/^{"arguments":\(.*\)}$/\1/'
}

# api_metadata DOCUMENT: adds a JSON object to the result.
api_metadata() {
  printf '%s' "$1" | api_send metadata
}

# api_exception TYPE VALUE [TRACEBACK]: tells the host what went wrong, and ends the program with 2.
api_exception() {
  printf '{"type":%s,"value":%s,"traceback":%s}' \
    "$(api_string "$1")" "$(api_string "$2")" "$(api_string "${3-}")" | api_send exception
  exit 2
}
