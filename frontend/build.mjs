// Builds app/static/dist: hashed css, js, fonts, icons and the base map, each with .br and .gz twins, and manifest.json.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { basemap } from "./basemap.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const STATIC = join(ROOT, "app", "static");
const FINAL = join(STATIC, "dist");
const DIST = `${FINAL}.next`; // swapped in at the end: a server that runs meanwhile finds the old build or the new one
const COMPRESSIBLE = new Set([".css", ".js", ".json", ".svg"]);
const BROWSERS = ["chrome123", "firefox121", "safari17.5"];

/** Writes a file under a name that holds its hash, and returns that name. */
function emit(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
  const hashed = `${basename(name, extname(name))}-${hash}${extname(name)}`;
  writeFileSync(join(DIST, hashed), content);
  return hashed;
}

/** Bundles styles and scripts; returns manifest entries read off esbuild's own account of what it wrote. */
async function bundle() {
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: [
      { in: "app/static/js/app.js", out: "app" },
      { in: "app/static/css/app.css", out: "app" },
      { in: "app/static/css/map.css", out: "map" },
    ],
    outdir: DIST,
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    metafile: true,
    legalComments: "linked",
    target: BROWSERS,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file", ".png": "file", ".svg": "file" },
    logLevel: "warning",
  });
  const entries = {};
  for (const [path, output] of Object.entries(result.metafile.outputs)) {
    const file = basename(path);
    if (output.entryPoint) entries[basename(output.entryPoint)] = file;
    else if (file.endsWith(".woff2")) entries[file.replace(/-[A-Z0-9]{8}(?=\.woff2$)/, "")] = file;
  }
  return entries;
}

/** Writes a .br and a .gz beside every text file, for servers that send precompressed files. */
function compress() {
  for (const file of readdirSync(DIST)) {
    if (!COMPRESSIBLE.has(extname(file))) continue;
    const content = readFileSync(join(DIST, file));
    writeFileSync(join(DIST, `${file}.br`), brotliCompressSync(content));
    writeFileSync(join(DIST, `${file}.gz`), gzipSync(content, { level: 9 }));
  }
}

rmSync(DIST, { recursive: true, force: true });
mkdirSync(DIST, { recursive: true });
const manifest = await bundle();
for (const name of readdirSync(join(STATIC, "img"))) {
  manifest[name] = emit(name, readFileSync(join(STATIC, "img", name)));
}
manifest["basemap.json"] = emit("basemap.json", JSON.stringify(basemap()));
compress();
const ordered = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => a.localeCompare(b)));
writeFileSync(join(DIST, "manifest.json"), `${JSON.stringify(ordered, null, 2)}\n`);
rmSync(`${FINAL}.old`, { recursive: true, force: true });
if (existsSync(FINAL)) renameSync(FINAL, `${FINAL}.old`);
renameSync(DIST, FINAL);
rmSync(`${FINAL}.old`, { recursive: true, force: true });
console.log(`${Object.keys(ordered).length} assets in app/static/dist`);
