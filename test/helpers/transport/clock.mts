/** Virtual time: minutes pass in milliseconds, and nothing depends on how busy the machine is. */
export const virtualTime = (): void => {
	beforeEach(() => void jest.useFakeTimers());
	afterEach(() => void jest.useRealTimers());
};

/** Lets virtual time pass until the promise is settled; fails when nothing is left that could settle it. */
export async function passUntil<T>(promise: Promise<T>): Promise<T> {
	let settled = false;
	const end = () => void (settled = true);
	promise.then(end, end);
	await jest.advanceTimersByTimeAsync(0);
	while (!settled) {
		if (jest.getTimerCount() === 0) throw new Error('Nothing is left that could go on');
		await jest.advanceTimersToNextTimerAsync();
	}
	return await promise;
}

/**
 * Lets virtual time pass in small steps until real requests have settled the promise. The event loop stays real, so
 * requests over the network go on.
 */
export async function passDuringRequests<T>(act: () => Promise<T>): Promise<T> {
	jest.useFakeTimers({
		doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate'],
	});
	try {
		let settled = false;
		const promise = act().finally(() => (settled = true));
		promise.catch(() => undefined);
		while (!settled) {
			await new Promise((resolve) => setImmediate(resolve));
			await jest.advanceTimersByTimeAsync(5);
		}
		return await promise;
	} finally {
		jest.useRealTimers();
	}
}

export const pause = async (ms: number): Promise<void> =>
	await new Promise((resolve) => setTimeout(resolve, ms));

export const now = (): number => performance.now();

/** The most times that lie within any window of that length. */
export const maxWithinWindow = (times: number[], window: number): number => {
	const sorted = [...times].sort((a, b) => a - b);
	return Math.max(
		0,
		...sorted.map((from, index) => sorted.slice(index).filter((at) => at < from + window).length),
	);
};
