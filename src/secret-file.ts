import { readFileSync, statSync } from 'node:fs'

/** Far above the longest secret; a path to something else must not fill the memory. */
const MAX_BYTES = 64 * 1024

/**
 * What a mounted secret holds, as Docker and Kubernetes provide them.
 * @throws Error that says what is wrong with the file; never its path or content
 */
export function readSecretFile(path: string): string {
  const content = contentOf(path).trim()
  if (content === '') throw new Error('the file is empty')
  return content
}

function contentOf(path: string): string {
  let isFile = false
  try {
    const stat = statSync(path)
    // A pipe or device has no size and may have no end: reading it would wait, or fill the memory.
    isFile = stat.isFile()
    if (isFile && stat.size <= MAX_BYTES) return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    // oxlint-disable-next-line eslint/preserve-caught-error -- its message tells the path
    throw new Error(`the file cannot be read (${code})`)
  }
  if (!isFile) throw new Error('must be a file: no folder, pipe or device')
  throw new Error(`the file is larger than ${MAX_BYTES / 1024} KiB`)
}
