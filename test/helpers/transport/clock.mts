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
