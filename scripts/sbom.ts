/**
 * The software bill of materials (CycloneDX 1.6): which packages have code in the bundles. The lock
 * file names many more that are only there to build and to test. Without a date or a random number in
 * it, so that the same code gives the same file.
 */
import { readFile, writeFile } from 'node:fs/promises'
import type { Metafile } from 'esbuild'

interface Locked {
  /** Only where the package is installed under another name. */
  name?: string
  version: string
  license: string
  integrity: string
}
interface Lockfile {
  name: string
  version: string
  packages: Readonly<Record<string, Locked>>
}

const IN_PACKAGE = /^(?<path>(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//

export async function writeSbom(file: string, metafiles: readonly Metafile[]): Promise<void> {
  const lock: Lockfile = JSON.parse(await readFile('package-lock.json', 'utf8'))
  await writeFile(file, `${JSON.stringify(sbom(lock, metafiles), null, 2)}\n`)
}

function sbom(lock: Lockfile, metafiles: readonly Metafile[]): object {
  const own = `${lock.name}@${lock.version}`
  const bundled = new Set(metafiles.flatMap(filesWithCode))
  /** The component whose file it is; a package may be installed at several paths. */
  const refOf = (path: string) => {
    const at = packagePath(path)
    return at === undefined ? own : purl(at, lockedAt(lock, at))
  }
  const components = new Map(
    [...bundled].flatMap((path) => {
      const at = packagePath(path)
      return at === undefined ? [] : [[refOf(path), component(at, lockedAt(lock, at))] as const]
    }),
  )
  const uses = new Map([own, ...components.keys()].map((ref) => [ref, new Set<string>()]))
  for (const { inputs } of metafiles) {
    for (const [path, { imports }] of Object.entries(inputs)) {
      for (const { path: imported, external } of imports) {
        // Node's own modules, as esbuild knows them and as quick-import.ts does.
        if (external || imported.startsWith('builtin:')) continue
        const [from, to] = [refOf(path), refOf(imported)]
        // By package and not by file: what only passes on another file's exports leaves no code behind.
        if (from !== to && uses.has(to)) uses.get(from)?.add(to)
      }
    }
  }
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: ownComponent(lock, own) },
    components: sorted(components).map(([, value]) => value),
    dependencies: sorted(uses).map(([ref, used]) => ({ ref, dependsOn: [...used].toSorted() })),
  }
}

/** Files of which something is left after tree shaking. */
function filesWithCode({ outputs }: Metafile): string[] {
  return Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  )
}

/** As the lock file names it: the innermost package that the file is in; none for our own files. */
function packagePath(path: string): string | undefined {
  return IN_PACKAGE.exec(path)?.groups?.['path']
}

function lockedAt(lock: Lockfile, path: string): Locked {
  const locked = lock.packages[path]
  if (locked === undefined) throw new Error(`${path} is in a bundle and not in package-lock.json`)
  return locked
}

function nameOf(path: string, { name }: Locked): string {
  return name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}

/** github.com/package-url/purl-spec, types/npm: the scope is the namespace, its @ encoded. */
function purl(path: string, locked: Locked): string {
  return `pkg:npm/${nameOf(path, locked).replace('@', '%40')}@${locked.version}`
}

function component(path: string, locked: Locked): object {
  const [name = '', group] = nameOf(path, locked).split('/').toReversed()
  return {
    type: 'library',
    'bom-ref': purl(path, locked),
    ...(group === undefined ? {} : { group }),
    name,
    version: locked.version,
    hashes: [sha512(locked.integrity)],
    licenses: licenses(locked.license),
    purl: purl(path, locked),
  }
}

/** Not on npm, so it has no package URL. */
function ownComponent({ name, version, packages }: Lockfile, ref: string): object {
  const license = packages['']?.license ?? ''
  return { type: 'application', 'bom-ref': ref, name, version, licenses: licenses(license) }
}

/** Of the package as npm delivers it, like `npm sbom` has it. */
function sha512(integrity: string): object {
  const [algorithm, base64 = ''] = integrity.split(/-(.*)/)
  if (algorithm !== 'sha512') throw new Error(`cannot name the hash ${integrity}`)
  return { alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }
}

/** `MIT` is an id, `(MIT OR CC0-1.0)` an expression. */
function licenses(license: string): object[] {
  if (license === '') throw new Error('a package without a license')
  return /^[\w.+-]+$/.test(license) ? [{ license: { id: license } }] : [{ expression: license }]
}

function sorted<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))
}
