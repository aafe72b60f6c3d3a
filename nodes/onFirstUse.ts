import type * as Runtime from './runtime';

type FunctionName = keyof typeof Runtime;

/**
 * A function of `runtime.ts`, which is loaded when one of them is called first. n8n loads every node when it starts
 * and needs only the description; the more than a hundred modules behind it would take most of the time.
 */
export const onFirstUse = <Name extends FunctionName>(name: Name) =>
	async function (this: unknown, ...args: unknown[]): Promise<unknown> {
		const runtime = await import('./runtime');
		return await (runtime[name] as (...args: unknown[]) => unknown).apply(this, args);
	} as unknown as (typeof Runtime)[Name];
