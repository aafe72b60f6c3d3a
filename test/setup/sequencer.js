const { default: Sequencer } = require('@jest/test-sequencer');

/** The suites that take longest, longest first. */
const LONGEST = [
	'poll/histories',
	'transport/faults',
	'poll/faults',
	'transport/processes',
	'views/pageSize',
	'transport/networkFailure',
	'transport/hostileText',
	'operations/anyResponse',
	'poll/limits',
	'checkAccount/command',
	'package/package',
	'checkAccount/checkAccount',
];

/**
 * Starts the longest suites first, so that no worker is left alone with one of them in the end. Jest does so by itself
 * only where it has seen them run before, and a fresh clone has not.
 */
module.exports = class extends Sequencer {
	sort(tests) {
		const rank = ({ path }) => {
			const index = LONGEST.findIndex((name) => path.endsWith(`/${name}.test.mts`));
			return index < 0 ? LONGEST.length : index;
		};
		return super.sort(tests).sort((one, other) => rank(one) - rank(other));
	}
};
