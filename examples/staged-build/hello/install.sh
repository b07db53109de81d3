# Installs hello below $1.
mkdir -p "$1/usr/bin"
tools=0
while read -r tool; do tools=$((tools + 1)); done < /etc/tools
sed "s/@TOOLS@/$tools/" hello.sh > "$1/usr/bin/hello"
chmod 755 "$1/usr/bin/hello"
