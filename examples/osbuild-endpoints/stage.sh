. ./api.sh

arguments=$(api_arguments) || exit
sizes=$(printf '%s' "$arguments" | sed 's/.*\[\(.*\)\].*/\1/; s/,/ /g')

count=0
total=0
for size in $sizes; do
  count=$((count + 1))
  api_metadata "{\"count\": $count}"
  case $size in
    *[!0-9]*) api_exception ValueError "$size is no number" "stage.sh: size $count" ;;
  esac
  total=$((total + size))
done
api_metadata "{\"total\": $total}"
