import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { optionsOf } from '../../../../kit/options/reading.ts'
import { certificateFor } from '../../../../sandbox/api/certificate.ts'
import type { PemInputs } from '../../../../src/evidence/probe/probe-inputs.ts'
import { withPem } from '../../../../src/evidence/probe/tls/read-pem.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'pem-'))
afterAll(() => rmSync(folder, { recursive: true }))
const made = await certificateFor('shop', ['shop.example'])
const other = await certificateFor('cart', ['cart.example'])

function file(name: string, text: string): string {
  const at = path.join(folder, name)
  writeFileSync(at, text)
  return at
}

function read(pem: PemInputs) {
  const secrets: string[] = []
  const result = withPem({ ...optionsOf().probe, pem }, (secret) => secrets.push(secret))
  return { result, secrets, problems: result.ok ? [] : result.problems.map(({ what }) => what) }
}

describe('certificates and key', () => {
  test('are read from files, whose paths are kept', () => {
    const paths = {
      ca: file('ca.pem', made.authority),
      cert: file('cert.pem', made.certificate),
      key: file('key.pem', made.key),
    }
    expect(read(paths).result).toMatchObject({
      ok: true,
      value: {
        pem: { ca: made.authority, cert: made.certificate, key: made.key },
        pemFiles: paths,
      },
    })
  })

  test('can be given as text, also on one line with the line breaks written out', () => {
    const oneLine = made.key.trim().replaceAll('\n', '\\n')
    const { result } = read({ cert: made.certificate, key: oneLine })
    expect(result).toMatchObject({
      ok: true,
      value: { pem: { key: made.key.trim() }, pemFiles: {} },
    })
  })

  test('are secrets: the key in any case, and what was given as text', () => {
    const line = (pem: string) => pem.split('\n')[1] ?? ''
    const fromFile = read({ cert: file('c.pem', made.certificate), key: file('k.pem', made.key) })
    expect(fromFile.secrets).toContain(line(made.key))
    expect(fromFile.secrets).not.toContain(line(made.certificate))
    expect(read({ ca: made.authority }).secrets).toContain(line(made.authority))
  })

  test('are not read where none is given', () => {
    expect(read({}).result).toMatchObject({ ok: true, value: { pem: {} } })
  })
})

describe('everything that is wrong with certificates and key is reported:', () => {
  test('text that holds none', () => {
    expect(
      read({ ca: file('empty.pem', 'nothing'), cert: made.key, key: made.certificate }).problems,
    ).toEqual([
      'probe-ca has no valid certificate in PEM.',
      'probe-cert has no valid certificate in PEM.',
      'probe-key has no valid private key in PEM.',
    ])
  })

  test('one bad certificate among good ones', () => {
    const broken = `${made.authority}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`
    expect(read({ ca: broken }).problems).toEqual(['probe-ca has no valid certificate in PEM.'])
  })

  test('a key that is encrypted', () => {
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: {
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: 'secret',
      },
    })
    expect(read({ cert: made.certificate, key: privateKey }).problems).toEqual([
      'probe-key is encrypted. Decrypt it first (openssl pkey).',
    ])
  })

  test('a key of another certificate', () => {
    expect(read({ cert: made.certificate, key: other.key }).problems).toEqual([
      'probe-key is not the key of probe-cert, whose first certificate must be that of the client.',
    ])
  })

  test('paths that lead to no file, to a folder, or to one without end', () => {
    execFileSync('mkfifo', [path.join(folder, 'fifo.pem')])
    expect(
      read({ ca: path.join(folder, 'none.pem'), cert: folder, key: path.join(folder, 'fifo.pem') })
        .problems.length,
    ).toBe(3)
  })

  test('what is no path, without showing it', () => {
    const secret = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ'
    const { problems } = read({ cert: made.certificate, key: secret })
    expect(problems).toHaveLength(1)
    expect(problems.join()).not.toContain(secret)
  })
})
