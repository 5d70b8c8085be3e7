import { readFile } from 'node:fs/promises'
import type { Metafile } from 'esbuild'

/** What the lock file says of an installed package. */
export interface Locked {
  /** Only where the package is installed under another name. */
  name?: string
  version: string
  license: string
  integrity: string
}

export interface Lockfile {
  name: string
  version: string
  packages: Readonly<Record<string, Locked>>
}

const IN_PACKAGE = /^(?<path>(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//

export async function readLockfile(): Promise<Lockfile> {
  return JSON.parse(await readFile('package-lock.json', 'utf8'))
}

/** Where the packages are installed that have code in the bundles. */
export function bundledPackages(metafiles: readonly Metafile[]): string[] {
  const paths = metafiles.flatMap(filesWithCode).map(packagePath)
  return [...new Set(paths)].filter((path) => path !== undefined).toSorted()
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
export function packagePath(file: string): string | undefined {
  return IN_PACKAGE.exec(file)?.groups?.['path']
}

export function lockedAt(lock: Lockfile, path: string): Locked {
  const locked = lock.packages[path]
  if (locked === undefined) throw new Error(`${path} is in a bundle and not in package-lock.json`)
  if (!locked.license) throw new Error(`${path} is in a bundle and names no license`)
  return locked
}

export function nameOf(path: string, { name }: Locked): string {
  return name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}
