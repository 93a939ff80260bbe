/** What the package `socks` calls of the package `ip-address`, for addresses that node:net has recognized. */

exports.Address4 = class {
  constructor(text) {
    this.text = text
  }

  toArray() {
    return this.text.split('.').map(Number)
  }
}

exports.Address6 = class Address6 {
  constructor(text) {
    // A URL has an address in its short form, without dots.
    const [left, right] = new URL(`http://[${text.replace(/%.*/, '')}]`).hostname
      .slice(1, -1)
      .split('::')
      .map((half) => half.split(':').filter((group) => group !== ''))
    const zeros = right === undefined ? 0 : 8 - left.length - right.length
    this.groups = [...left, ...Array(zeros).fill('0'), ...(right ?? [])]
  }

  static fromByteArray(bytes) {
    const hex = Buffer.from(bytes).toString('hex')
    return new Address6(hex.match(/.{4}/g).join(':'))
  }

  canonicalForm() {
    return this.groups.map((group) => group.padStart(4, '0')).join(':')
  }
}
