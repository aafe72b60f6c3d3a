const tsx = require('tsx/cjs/api');

/** Fetches what the engine needs before jest starts, so that no test waits for a download. */
module.exports = async () => {
	const { fetchBaseNodes } = tsx.require('./engine/baseNodes.mts', __filename);
	await fetchBaseNodes();
};
