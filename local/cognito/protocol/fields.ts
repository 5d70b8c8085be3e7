import { listOf, optional, stringMap, structure, text, type Field } from './shape.ts'

// Lengths and patterns of the service model; which members are sensitive as seen in its messages.
export const clientId = text({ min: 1, max: 128, pattern: /[\w+]+/ })
export const userPoolId = text({ min: 1, max: 55, pattern: /[\w-]+_[0-9a-zA-Z]+/ })
export const username = text({
  min: 1,
  max: 128,
  pattern: /[\p{L}\p{M}\p{S}\p{N}\p{P}]+/u,
  sensitive: true,
})
export const password = text({ max: 256, pattern: /[\S]+/, sensitive: true })
export const session = text({ min: 20, max: 2048, sensitive: true })
export const clientSecret = text({ min: 1, max: 64, pattern: /[\w+]+/, sensitive: true })
export const secretHash = text({ min: 1, max: 128, pattern: /[\w+=/]+/, sensitive: true })
export const token = text({ pattern: /[A-Za-z0-9-_=.]+/, sensitive: true })

const attribute = structure({
  Name: text({ min: 1, max: 32, pattern: /[\p{L}\p{M}\p{S}\p{N}\p{P}]+/u }),
  Value: optional(text({ max: 2048, sensitive: true })),
})
const attributeList = listOf(attribute)

/** `[{ Name, Value }]` on the wire, a flat map in here; a missing value is an empty one. */
export const attributes: Field<Record<string, string>> = (value, at, problems) =>
  Object.fromEntries(
    attributeList(value, at, problems).map(({ Name, Value }) => [Name, Value ?? '']),
  )

export const clientMetadata = optional(stringMap)
