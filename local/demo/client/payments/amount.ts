const MOST = 10_000

/** Euros as people write them, with a comma or a point; undefined for what cannot be paid. */
export function readAmount(typed: string): number | undefined {
  const text = typed.replace(/[\s€]/g, '').replace(',', '.')
  if (!/^\d{1,7}(\.\d{1,2})?$/.test(text)) return undefined
  const amount = Number(text)
  return amount > 0 && amount <= MOST ? amount : undefined
}
