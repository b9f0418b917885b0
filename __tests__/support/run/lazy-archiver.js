/** CDKTF zips assets by archiver, which takes as long to load as the rest of it: it is loaded where something is zipped. */
module.exports = (...args) => {
  const archiver = require.resolve("archiver", { paths: [require.resolve("cdktf")] });
  return require(archiver)(...args);
};
