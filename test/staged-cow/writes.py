# Does in the current directory what a copy-on-write view has to keep from the lower one, and says what it then sees.
import mmap, os, stat

def text(path):
    with open(path) as file:
        return file.read()

with open("append", "a") as file:
    file.write("more")
os.truncate("truncate", 2)
os.chmod("mode", 0o600)
os.utime("times", (1, 1))
with open("map", "r+b") as file:
    with mmap.mmap(file.fileno(), 0) as view:
        view[0:3] = b"NEW"
        view.flush()
os.remove("gone")
os.remove("full/one")
os.remove("full/two")
os.rmdir("full")
os.mkdir("full")
with open("full/new", "w") as file:
    file.write("n")
with open("linked", "a") as file:
    file.write("more")
os.mkdir("made")
os.rename("made", "renamed")
os.rename("old", "young")
os.link("young", "second")
os.symlink("young", "link")
os.replace("young", "old")
try:
    os.rename("moved", "elsewhere")
except OSError:
    # A lower directory can't be renamed in every view: whoever renames one copies it then, as mv(1) does.
    os.system("mv moved elsewhere")
descriptor = os.open("both", os.O_RDWR | os.O_CREAT, 0o644)
os.write(descriptor, b"both")
os.lseek(descriptor, 0, os.SEEK_SET)
assert os.read(descriptor, 9) == b"both"

print("append", text("append"))
print("truncate", text("truncate"))
print("mode", oct(stat.S_IMODE(os.stat("mode").st_mode)))
print("times", int(os.stat("times").st_mtime))
print("map", text("map"))
print("linked", text("linked"))
print("full", os.listdir("full"))
print("elsewhere", text("elsewhere/deep/file"))
print("second", text("second"))
print("names", " ".join(sorted(os.listdir("."))))
