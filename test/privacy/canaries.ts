/** A value that must not come out, by a name that says what has leaked. */
export interface Canary {
  name: string
  value: string
  /** Made of what ids are made of, too. */
  isRandom?: true
}

/** Shorter pieces occur by chance; longer ones would miss a value that was cut short. */
const PIECE = 8
/** In hex, which ids and digests are written in too, eight characters are only four of ours. */
const HEX_PIECE = 16
/** Of thousands of tokens and ids a few have eight characters in common. */
const RANDOM_PIECE = 12
/** What may stand before it in base64; its first and last characters depend on that. */
const ALIGNMENTS = ['', 'x', 'xx']

export interface Finding {
  name: string
  /** The text that it was found in, in lower case. */
  around: string
}

/**
 * Looks for every piece of eight characters of every canary, of twelve where it is random: as it is, in
 * any case, percent-encoded, in hex and in base64 of either alphabet, at any alignment.
 */
export function canarySearch(canaries: readonly Canary[]): (text: string) => Finding[] {
  const pieces = piecesOf(canaries.filter(isOurs), formsOf, PIECE)
  const randomPieces = piecesOf(canaries.filter(isRandom), formsOf, RANDOM_PIECE)
  const hexPieces = piecesOf(canaries, ({ value }) => [hexOf(value)], HEX_PIECE)
  return (text) => {
    const found = new Map<string, Finding>()
    const haystack = text.toLowerCase()
    for (let at = 0; at + PIECE <= haystack.length; at += 1) {
      const name =
        pieces.get(haystack.slice(at, at + PIECE)) ??
        randomPieces.get(haystack.slice(at, at + RANDOM_PIECE)) ??
        hexPieces.get(haystack.slice(at, at + HEX_PIECE))
      if (name === undefined || found.has(name)) continue
      found.set(name, { name, around: haystack.slice(Math.max(0, at - 80), at + 80) })
    }
    return [...found.values()]
  }
}

const isRandom = (canary: Canary) => canary.isRandom === true
const isOurs = (canary: Canary) => !isRandom(canary)

/** Every piece of every canary, with the name of the canary. */
function piecesOf(
  canaries: readonly Canary[],
  formsIn: (canary: Canary) => string[],
  length: number,
): Map<string, string> {
  const pieces = new Map<string, string>()
  for (const canary of canaries) {
    for (const form of formsIn(canary)) {
      for (let at = 0; at + length <= form.length; at += 1) {
        pieces.set(form.slice(at, at + length).toLowerCase(), canary.name)
      }
    }
  }
  return pieces
}

function formsOf({ value }: Canary): string[] {
  const percent = hexOf(value).replaceAll(/../g, '%$&')
  const base64 = ALIGNMENTS.flatMap((before) => {
    const encoded = Buffer.from(before + value)
      .toString('base64')
      .replaceAll('=', '')
    const stable = encoded.slice(before.length === 0 ? 0 : before.length + 1, -2)
    return [stable, stable.replaceAll('+', '-').replaceAll('/', '_')]
  })
  return [value, encodeURIComponent(value), percent, ...base64]
}

function hexOf(value: string): string {
  return Buffer.from(value).toString('hex')
}
