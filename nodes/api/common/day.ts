import { toText } from './formatValue';

/** A date of Luxon, as n8n's expressions give it, or of JavaScript. */
export const isDate = (value: unknown): boolean =>
	value instanceof Date ||
	typeof (value as { toISODate?: unknown } | null | undefined)?.toISODate === 'function';

/** A day, maybe with a time and a time zone, as JavaScript and databases write them: `2026-03-04 23:30:00+00`. */
const ISO_DATE =
	/^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?) ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** A time zone as JavaScript reads it; without one, UTC. */
function toOffset(zone: string | undefined): string {
	const [, hours, minutes = '00'] = /^([+-]\d{2}):?(\d{2})?$/.exec(zone ?? '') ?? [];
	return hours ? `${hours}:${minutes}` : 'Z';
}

/** `2026-3-4`, and ISO 8601's basic form, `20260304`. */
const ISO_DAY = /^(\d{4})(?:-(\d{1,2})-(\d{1,2})|(\d{2})(\d{2}))$/;
/** `4. 3. 2026`: with dots the day comes first, wherever dates are written so. */
const DOTTED_DAY = /^(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})$/;

/** A day as `2026-03-04`, in whichever of these forms it is written. Anything else as it is. */
function toExtendedForm(value: unknown): string {
	const text = toText(value).trim();
	if (typeof value !== 'string') return text;
	const [, ...dotted] = DOTTED_DAY.exec(text) ?? [];
	const [, ...iso] = ISO_DAY.exec(text) ?? [];
	const parts = dotted.length ? dotted.reverse() : iso.filter((part) => part !== undefined);
	return parts.length ? parts.map((part) => part.padStart(2, '0')).join('-') : text;
}

/**
 * The day of a date as Teamogy writes dates: YYYY-MM-DD (DOC). The date is an ISO text, a day with dots or a date
 * object. A date of Luxon has a time zone of its own; other dates with a zone are taken to the workflow's. Undefined
 * for anything else.
 */
export const toDay = (value: unknown, timeZone: string): string | undefined => {
	const { toISODate } = (value ?? {}) as { toISODate?: () => string | null };
	if (typeof toISODate === 'function') return toISODate.call(value) ?? undefined;
	const isValid = value instanceof Date && !Number.isNaN(value.getTime());
	const text = isValid ? value.toISOString() : toExtendedForm(value);
	const [, day, time = '00:00', zone] = ISO_DATE.exec(text) ?? [];
	const date = new Date(`${day}T${time.replace(',', '.')}${toOffset(zone)}`);
	if (!day || Number.isNaN(date.getTime())) return undefined;
	// `Date` takes 30 February for 2 March.
	if (!new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)) return undefined;
	return zone ? new Intl.DateTimeFormat('sv-SE', { timeZone }).format(date) : day;
};
