/**
 * The licences of the packages whose code is in a bundle. Nearly all ask for their text and their
 * copyright line to go where the code goes. A text that several packages bring is there once.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import {
  bundledPackages,
  lockedAt,
  nameOf,
  readLockfile,
  type Lockfile,
} from './bundled-packages.ts'

export const NOTICES = 'THIRD-PARTY-NOTICES.txt'

/** Its own, and those of code that it has taken over: `LICENSES/shimmer/LICENSE`. */
const isLicense = (name: string) =>
  /^(LICENSES\/.+\/)?(licen[cs]e|copying|notice)(\.\w+)?$/i.test(name)
const LINE = '-'.repeat(80)

/** @returns what it has written */
export async function writeNotices(
  directory: string,
  metafiles: readonly Metafile[],
): Promise<string> {
  const text = await notices(await readLockfile(), bundledPackages(metafiles))
  await writeFile(join(directory, NOTICES), text)
  return text
}

async function notices(lock: Lockfile, paths: readonly string[]): Promise<string> {
  if (paths.length === 0) return 'No code of other packages is in what was built.\n'
  const packagesByText = new Map<string, Set<string>>()
  for (const path of paths) {
    const locked = lockedAt(lock, path)
    const title = `${nameOf(path, locked)} ${locked.version} (${locked.license})`
    const text = (await inFiles(path)) || (await inReadme(path)) || (await declared(path))
    packagesByText.set(text, (packagesByText.get(text) ?? new Set()).add(title))
  }
  const sections = [...packagesByText].map(
    ([text, packages]) => `${LINE}\n${[...packages].join('\n')}\n\n${text}\n`,
  )
  return `Code of these packages is in what was built.\n\n${sections.join('\n')}`
}

async function inFiles(path: string): Promise<string> {
  const names = (await readdir(path, { recursive: true })).filter(isLicense).toSorted()
  const texts = await Promise.all(names.map((name) => readFile(join(path, name), 'utf8')))
  return texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n')
}

/** Where it comes last. */
async function inReadme(path: string): Promise<string | undefined> {
  const readme = await readFile(join(path, 'README.md'), 'utf8').catch(() => '')
  return /^Copyright \(c\) [^]*/m.exec(readme)?.[0].trim()
}

/** A few packages bring no text, but say whose they are. */
async function declared(path: string): Promise<string> {
  const { license, author }: { license: string; author?: string | { name: string } } = JSON.parse(
    await readFile(join(path, 'package.json'), 'utf8'),
  )
  const owner = typeof author === 'object' ? author.name : author
  return `It brings no text of its licence. It declares: ${license}${owner ? `, by ${owner}` : ''}`
}
