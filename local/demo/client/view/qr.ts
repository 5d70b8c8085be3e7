import { encode } from 'uqr'

const SVG = 'http://www.w3.org/2000/svg'
/** Light modules around the code, without which scanners do not find it. */
const BORDER = 4

/** Draws the text as a QR code: one path, dark on light in any colour scheme. */
export function drawQr(svg: SVGSVGElement, text: string): void {
  const { data, size } = encode(text, { ecc: 'M', border: BORDER })
  svg.setAttribute('viewBox', `0 0 ${size} ${size}`)
  const path = svg.ownerDocument.createElementNS(SVG, 'path')
  path.setAttribute('d', modules(data))
  svg.replaceChildren(path)
}

function modules(data: boolean[][]): string {
  return data
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('')
}
