// Uploads a file with the public tus client, through whatever happens to the connection: node upload.js <upload url> <file>, token in TOKEN.
const fs = require('node:fs')
const tus = require('tus-js-client')

const [uploadUrl, file] = process.argv.slice(2)
const upload = new tus.Upload(fs.createReadStream(file), {
  uploadUrl,
  headers: { Authorization: `Bearer ${process.env.TOKEN}` },
  // Counted anew whenever some bytes were taken.
  retryDelays: [0, ...new Array(300).fill(100)],
  onError: error => {
    console.error(`${error}`)
    process.exit(1)
  },
  onSuccess: () => process.exit(0),
})
upload.start()
