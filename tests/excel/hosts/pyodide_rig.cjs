// Runs officejs_rig.py in Pyodide under Node: node pyodide_rig.cjs PYODIDE ROOT SITE WORK
// PYODIDE: a Pyodide distribution; ROOT: the project; SITE: pure-Python dependencies; WORK: main.py and
// requests.json, where answers.json is written. The wasm packages stand before SITE, so none of its compiled
// modules is ever looked at.
const fs = require("fs");
const path = require("path");
const [dist, root, site, work] = process.argv.slice(2).map((p) => path.resolve(p));

async function main() {
  const { loadPyodide } = require(path.join(dist, "pyodide.js"));
  const py = await loadPyodide({ indexURL: dist + "/", stdout: () => {} });
  const lock = JSON.parse(fs.readFileSync(path.join(dist, "pyodide-lock.json"), "utf-8"));
  const wanted = ["numpy", "pandas", "scipy", "ssl"].filter((name) => name in lock.packages);
  await py.loadPackage(wanted, { messageCallback: () => {} });
  for (const [place, folder] of [["/project", root], ["/pure", site], ["/xlidx_run", work]]) {
    py.FS.mkdir(place);
    py.FS.mount(py.FS.filesystems.NODEFS, { root: folder }, place);
  }
  py.runPython(`import sys; sys.path += ["/project", "/project/tests/excel", "/pure"]`);
  // The arguments cross from JavaScript as they do in a browser: null becomes what this Pyodide makes of it.
  py.globals.set("requests", py.toPy(JSON.parse(fs.readFileSync(path.join(work, "requests.json"), "utf-8"))));
  py.runPython(`
import json, officejs_rig as rig
rig.stand_in()
module = rig.loaded("/xlidx_run/main.py")
with open("/xlidx_run/answers.json", "w") as file:
    json.dump([rig.answer(module, request) for request in requests], file, allow_nan=False)
`);
}

main().catch((error) => {
  console.error(String(error));
  process.exit(1);
});
