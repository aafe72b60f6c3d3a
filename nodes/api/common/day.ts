import { toText } from './formatValue';

/** A date of Luxon, as n8n's expressions give it, or of JavaScript. */
export const isDate = (value: unknown): boolean =>
	value instanceof Date ||
	typeof (value as { toISODate?: unknown } | null | undefined)?.toISODate === 'function';

/**
 * The day of a date, given as an ISO text or as a date object, as Teamogy writes dates: YYYY-MM-DD (DOC). A date of
 * Luxon has a time zone of its own; other dates with a zone are taken to the workflow's. Undefined for anything else.
 */
export const toDay = (value: unknown, timeZone: string): string | undefined => {
	const { toISODate } = (value ?? {}) as { toISODate?: () => string | null };
	if (typeof toISODate === 'function') return toISODate.call(value) ?? undefined;
	const isValid = value instanceof Date && !Number.isNaN(value.getTime());
	const text = isValid ? value.toISOString() : toText(value).trim();
	const [, day, time] = /^(\d{4}-\d{2}-\d{2})(?:[T ](.+))?$/.exec(text) ?? [];
	if (!day || Number.isNaN(Date.parse(text))) return undefined;
	// `Date` takes 30 February for 2 March.
	if (!new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)) return undefined;
	const hasZone = time !== undefined && /(Z|[+-]\d{2}:?\d{2})$/i.test(time);
	return hasZone ? new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date(text)) : day;
};
