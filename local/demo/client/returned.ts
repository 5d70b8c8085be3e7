import { takeReturned } from './take-returned.ts'

/**
 * The token that Authsignal's page has added to the URL, taken out of it before anything else runs.
 * Undefined unless this page is where Authsignal's returns to.
 */
export const returned = takeReturned(window)
