import * as core from '@actions/core'
import type { LogLine } from './report/log.ts'
import { plainText } from './report/plain-text.ts'
import type { Redactor } from './report/redact.ts'

/** Prints a line into the step's log; what the user must act on becomes an annotation. */
export function printer(redactor: Redactor): (line: LogLine) => void {
  return ({ level, text }) => {
    const plain = plainText(redactor.redact(text))
    if (level === 'warning') core.warning(plain)
    else if (level === 'error') core.error(plain)
    else core.info(plain)
  }
}

/** Masks a secret in the runner's log and takes it out of what this process prints, once. */
export function masker(redactor: Redactor): (secret: string) => void {
  const masked = new Set<string>()
  return (secret) => {
    if (masked.has(secret)) return
    masked.add(secret)
    redactor.add(secret)
    core.setSecret(secret)
  }
}
