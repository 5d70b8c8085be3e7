import { Type } from 'typebox'

/** Where the pre-built page returns to. */
export function redirectUrl(description: string): Type.TOptional<Type.TString> {
  return Type.Optional(
    Type.String({
      maxLength: 2048,
      // The characters of a URL (RFC 3986), none of which grows when the session is sealed.
      pattern: "^[A-Za-z0-9:/?#[\\]@!$&'()*+,;=._~%-]+$",
      description,
      examples: ['https://app.example.com/callback'],
    }),
  )
}

/** What the Authsignal SDK or page gave. */
export function validationToken(description: string, example?: string): Type.TString {
  return Type.String({
    minLength: 1,
    maxLength: 8192,
    description,
    ...(example === undefined ? {} : { examples: [example] }),
  })
}
