import { createPrivateKey, X509Certificate } from 'node:crypto'
import { keyLines } from '../../../kube/credentials/kubeconfig/secrets.ts'
import { readRegularFile } from '../../../kube/read-regular-file.ts'
import { inputProblem, type Problem } from '../../../problem/problem.ts'
import { failure, type Result, success } from '../../../problem/result.ts'
import type { PemInputs, ProbeInputs } from '../probe-inputs.ts'

const INPUTS = { ca: 'probe-ca', cert: 'probe-cert', key: 'probe-key' } as const
type Name = keyof typeof INPUTS
const NAMES: readonly Name[] = ['ca', 'cert', 'key']

const CERTIFICATE =
  /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g

/**
 * The inputs with the text of their files in place of the paths. Everything that is wrong with certificates and key is
 * reported at once. `onSecret` gets the key's lines and PEM that was given as an input, before anything can print them.
 */
export function withPem(
  inputs: ProbeInputs,
  onSecret: (secret: string) => void,
): Result<ProbeInputs> {
  const problems: Problem[] = []
  const pem: PemInputs = {}
  const pemFiles: PemInputs = {}
  for (const name of NAMES) {
    const given = inputs.pem[name]
    if (given === undefined) continue
    const read = textOf(name, given)
    if (!read.ok) {
      problems.push(...read.problems)
      continue
    }
    pem[name] = read.value
    if (isPem(given)) onSecret(given)
    else pemFiles[name] = given
    if (name === 'key' || isPem(given)) for (const line of keyLines(read.value)) onSecret(line)
    problems.push(...wrongWith(name, read.value))
  }
  if (problems.length === 0 && pem.cert !== undefined && pem.key !== undefined)
    problems.push(...notAPair(pem.cert, pem.key))
  return problems.length > 0 ? failure(...problems) : success({ ...inputs, pem, pemFiles })
}

function isPem(text: string): boolean {
  return text.includes('-----BEGIN ')
}

function textOf(name: Name, given: string): Result<string> {
  // On one line, as some stores of secrets keep it.
  if (isPem(given)) return success(given.includes('\n') ? given : given.replaceAll('\\n', '\n'))
  try {
    return success(readRegularFile(given).toString('latin1'))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return failure(
      invalid(name, `${INPUTS[name]} must be PEM or the path of a file with it. ${why}.`),
    )
  }
}

function wrongWith(name: Name, text: string): Problem[] {
  if (name !== 'key') {
    const certificates = text.match(CERTIFICATE) ?? []
    const isFine = certificates.length > 0 && certificates.every(isCertificate)
    return isFine ? [] : [invalid(name, `${INPUTS[name]} has no valid certificate in PEM.`)]
  }
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text))
    return [invalid(name, 'probe-key is encrypted. Decrypt it first (openssl pkey).')]
  return succeeds(() => createPrivateKey(text))
    ? []
    : [invalid(name, 'probe-key has no valid private key in PEM.')]
}

function notAPair(cert: string, key: string): Problem[] {
  const [own = ''] = cert.match(CERTIFICATE) ?? []
  if (new X509Certificate(own).checkPrivateKey(createPrivateKey(key))) return []
  return [
    invalid(
      'key',
      'probe-key is not the key of probe-cert, whose first certificate must be that of the client.',
    ),
  ]
}

function invalid(name: Name, what: string): Problem {
  return inputProblem(INPUTS[name], 'ITS-PROBE-PEM-INVALID', what)
}

function isCertificate(certificate: string): boolean {
  return succeeds(() => new X509Certificate(certificate))
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt()
    return true
  } catch {
    return false
  }
}
