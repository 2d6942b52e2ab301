// node zarrita.mjs ZARRITA STORAGE, and then a line of JSON for each array on standard input: the
// values of the array in `folder` go to the file `out` as they lie in memory; how they lie there
// is answered with a line of JSON, or why they cannot be read. It ends with standard input.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

// By their files: they are not installed where Node.js would look for them.
const [zarr, { default: FileSystemStore }] = await Promise.all(
  process.argv.slice(2).map((file) => import(pathToFileURL(file))),
);

async function read({ folder, out }) {
  const open = existsSync(join(folder, "zarr.json")) ? zarr.open.v3 : zarr.open.v2;
  const array = await open(zarr.root(new FileSystemStore(folder)), { kind: "array" });
  const { dtype } = array;
  if (!/^(bool|u?int|float)\d*$/.test(dtype)) throw new TypeError(`${dtype} is no number`);
  // Of an array without axes, `get` gives the number itself.
  const { data, shape, stride } = await (array.shape.length ? zarr.get(array) : array.getChunk([]));
  writeFileSync(out, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return { dtype, shape, stride };
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await read(JSON.parse(line)).catch((error) => ({
    error: `${error.name}: ${error.message} ${error.cause ?? ""}`,
  }));
  console.log(JSON.stringify(answer));
}
