"""How each tool does the jobs. A tool is a class in a file of this folder, and has a name in TOOLS."""
from tools.ansible import Ansible, Mitogen
from tools.capistrano import Capistrano
from tools.fabric import Fabric
from tools.floor import Floor, FloorVerify
from tools.lander import Lander, LanderLink
from tools.rex import Rex
from tools.rsync import Rsync, RsyncCopy

TOOLS = {
    "floor": Floor, "floor-verify": FloorVerify, "rsync": Rsync, "rsync-copy": RsyncCopy, "fabric": Fabric, "ansible": Ansible,
    "mitogen": Mitogen, "capistrano": Capistrano, "rex": Rex, "lander": Lander, "lander-link": LanderLink}
PEERS = ["ansible", "mitogen", "capistrano", "rex", "fabric"]
