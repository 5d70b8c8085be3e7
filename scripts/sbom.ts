/**
 * The software bill of materials (CycloneDX 1.6): which packages have code in the bundles. The lock
 * file names many more that are only there to build and to test. Without a date or a random number in
 * it, so that the same code gives the same file.
 */
import { writeFile } from 'node:fs/promises'
import type { Metafile } from 'esbuild'
import {
  bundledPackages,
  lockedAt,
  nameOf,
  packagePath,
  readLockfile,
  type Locked,
  type Lockfile,
} from './bundled-packages.ts'

export async function writeSbom(file: string, metafiles: readonly Metafile[]): Promise<void> {
  await writeFile(file, `${JSON.stringify(sbom(await readLockfile(), metafiles), null, 2)}\n`)
}

function sbom(lock: Lockfile, metafiles: readonly Metafile[]): object {
  const own = `${lock.name}@${lock.version}`
  /** The component whose file it is; a package may be installed at several paths. */
  const refOf = (path: string) => {
    const at = packagePath(path)
    return at === undefined ? own : purl(at, lockedAt(lock, at))
  }
  const components = new Map(
    bundledPackages(metafiles).map((path) => {
      const locked = lockedAt(lock, path)
      return [purl(path, locked), component(path, locked)] as const
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
