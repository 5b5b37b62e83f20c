import UDP from "embedded:io/socket/udp";
import Resolver from "embedded:network/dns/resolver/udp";
import type { Link, PaymentApp, Printer, ServiceLink } from "../core/port.ts";
import { absentLink, absentPaymentApp, absentPrinter } from "./absent.ts";
import { ByteStream } from "./byte-stream.ts";
import { EscPosPrinter } from "./esc-pos-printer.ts";
import { LineServiceLink, type ServiceLine } from "./line-service-link.ts";
import { MqttLink } from "./mqtt-link.ts";
import { monotonicMs } from "./native.ts";
import { openSerial } from "./serial-wire.ts";
import type { BrokerPlace, DeviceSettings, ServicePlace, StreamPlace } from "./settings.ts";
import { StreamPaymentApp } from "./stream-payment-app.ts";
import { TcpDoor } from "./tcp-door.ts";
import { openTcp } from "./tcp-wire.ts";
import { tcpSocket, tlsSocket } from "./tls.ts";

export interface ConnectOptions {
	readonly settings: DeviceSettings;
	readonly readFile: (name: string) => ArrayBuffer;
	/** A payment application in the same program; it goes before the one of the settings. */
	readonly paymentApp: PaymentApp | undefined;
	readonly wake: () => void;
}

/** What the settings connect the terminal with; stand-ins for what they leave out. */
export function connect({ settings, readFile, paymentApp, wake }: ConnectOptions): {
	readonly printer: Printer;
	readonly link: Link;
	readonly paymentApp: PaymentApp;
	readonly serviceLink?: ServiceLink;
} {
	const { printer, paymentApp: place, broker, service } = settings;
	return {
		printer:
			printer === undefined
				? absentPrinter
				: new EscPosPrinter({ stream: streamTo(printer, wake), monotonicMs }),
		link: broker === undefined ? absentLink : linkTo(broker, readFile, wake),
		paymentApp:
			paymentApp ??
			(place === undefined ? absentPaymentApp : new StreamPaymentApp(streamTo(place, wake))),
		...(service === undefined
			? {}
			: { serviceLink: new LineServiceLink(() => serviceLine(service, wake)) }),
	};
}

function serviceLine(place: ServicePlace, wake: () => void): ServiceLine {
	return "tcp" in place ? new TcpDoor(place.tcp.port, wake) : streamTo(place, wake);
}

function streamTo(place: StreamPlace, wake: () => void): ByteStream {
	return new ByteStream({
		open: (callbacks) =>
			"tcp" in place ? openTcp(place.tcp, callbacks) : openSerial(place.serial, callbacks),
		wake,
	});
}

function linkTo(
	{ host, port, user, password, tls, dns }: BrokerPlace,
	readFile: (name: string) => ArrayBuffer,
	wake: () => void,
): MqttLink {
	return new MqttLink({
		host,
		port,
		user,
		password,
		socket: tls === undefined ? tcpSocket : tlsSocket(tls, readFile),
		dns: { io: Resolver, servers: dns, socket: { io: UDP } },
		wake,
	});
}
