/**
 * `dist/`: the service in one file, with what starts it and what V8 made of it; the doctor in another,
 * and the packages in both with their licences; each trigger in one file and one zip.
 * With --local also `dist-local/`: the local stack, which nothing in `dist/` can reach.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { build, type BuildOptions, type Metafile } from 'esbuild'
import { strToU8, zipSync } from 'fflate'
import { buildServer } from './build-server.ts'
import { builtinsByRequire, quickToImport } from './quick-import.ts'
import { NOTICES, writeNotices } from './notices.ts'
import { writeSbom } from './sbom.ts'

const TRIGGERS = [
  'define-auth-challenge',
  'create-auth-challenge',
  'verify-auth-challenge-response',
  'pre-sign-up',
]
/** The oldest date a zip can hold: the same code gives the same file, so a deployment can tell. */
const ZIP_DATE = new Date(1980, 0, 1)

const { values } = parseArgs({ options: { local: { type: 'boolean', default: false } } })
const { version }: { version: string } = JSON.parse(await readFile('package.json', 'utf8'))

/** CommonJS dependencies call `require` for Node's modules, which an ES module does not have. */
const REQUIRE =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  banner: { js: REQUIRE },
  define: { __VERSION__: JSON.stringify(version) },
  logLevel: 'warning',
  legalComments: 'none',
}

/**
 * Without the white space and the comments the image is a third smaller, and V8 keeps the source in one
 * byte a character. Names stay: they are read in errors and in stack frames.
 */
const readableByNames = {
  minifyWhitespace: true,
  sourcemap: 'linked',
  sourcesContent: false,
  metafile: true,
  // The packages' ES modules, of which only what is used is taken: of the SDK a fifth.
  mainFields: ['module', 'main'],
  plugins: [builtinsByRequire],
} satisfies BuildOptions

await rm('dist', { recursive: true, force: true })
const [server, doctor] = await Promise.all([
  buildServer(common, readableByNames),
  buildDoctor(),
  ...TRIGGERS.map(buildTrigger),
])
await writeSbom('dist/sbom.cdx.json', [server, doctor])
await writeNotices('dist', [server, doctor])
if (values.local) await buildLocal()

async function buildDoctor(): Promise<Metafile> {
  const { metafile } = await build({
    ...common,
    entryPoints: ['src/doctor/main.ts'],
    outfile: 'dist/doctor.mjs',
    ...readableByNames,
  })
  return metafile
}

async function buildTrigger(name: string): Promise<void> {
  const directory = `dist/triggers/${name}`
  const { metafile } = await build({
    ...common,
    ...quickToImport(common),
    metafile: true,
    entryPoints: [`src/triggers/${name}.ts`],
    outfile: `${directory}/index.mjs`,
    // Size is cold-start time in Lambda; names are kept because error names are read.
    minify: true,
    keepNames: true,
  })
  const files = {
    'index.mjs': await readFile(`${directory}/index.mjs`),
    [NOTICES]: strToU8(await writeNotices(directory, [metafile])),
  }
  await writeFile(`${directory}.zip`, zipSync(files, { level: 9, mtime: ZIP_DATE }))
}

async function buildLocal(): Promise<void> {
  // Here and not above: a production build does not so much as read the local stack.
  const { buildDemo } = await import('../local/demo/build.ts')
  const { buildPrebuiltUi } = await import('../local/authsignal/prebuilt-ui/build.ts')
  await rm('dist-local', { recursive: true, force: true })
  await mkdir('dist-local/demo', { recursive: true })
  await Promise.all([
    build({
      ...common,
      entryPoints: ['local/index.ts', 'local/dev.ts', 'local/compose.ts'],
      outdir: 'dist-local',
      outExtension: { '.js': '.mjs' },
      splitting: false,
      define: { ...common.define, __PREBUILT_UI_DIR__: '"./prebuilt-ui/"' },
      sourcemap: true,
    }),
    buildDemo('dist-local/demo'),
    buildPrebuiltUi('dist-local/prebuilt-ui'),
  ])
}
