// Uploads a file with the public tus client, which resumes after disconnections: node upload.js <upload url> <file>, with the token in TOKEN.
const fs = require('node:fs')
const tus = require('tus-js-client')

const [uploadUrl, file] = process.argv.slice(2)
const upload = new tus.Upload(fs.createReadStream(file), {
  uploadUrl,
  headers: { Authorization: `Bearer ${process.env.TOKEN}` },
  // The client restarts the list of delays after any progress.
  retryDelays: [0, ...new Array(300).fill(100)],
  onError: error => {
    console.error(`${error}`)
    process.exit(1)
  },
  onSuccess: () => process.exit(0),
})
upload.start()
