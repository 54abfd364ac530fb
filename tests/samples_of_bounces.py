"""What mail servers send when mail comes back, in the form that each of them gives it; names and addresses made up."""

POSTFIX = b"""Return-Path: <>
From: MAILER-DAEMON@mx.weir.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: forum@guildhall.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4C1f2B0Xyz.1763870000/mx.weir.example"

This is a MIME-encapsulated message.

--4C1f2B0Xyz.1763870000/mx.weir.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.weir.example.

<maya@example.org>: host mail.example.org[192.0.2.7] said: 550 5.1.1
    <maya@example.org>: Recipient address rejected: User unknown (in reply to
    RCPT TO command)

--4C1f2B0Xyz.1763870000/mx.weir.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.weir.example
X-Postfix-Queue-ID: 4C1f2B0Xyz
X-Postfix-Sender: rfc822; forum@guildhall.example
Arrival-Date: Mon, 23 Nov 2026 08:00:00 +0000 (UTC)

Final-Recipient: rfc822; maya@example.org
Original-Recipient: rfc822;maya@example.org
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; 550 5.1.1 <maya@example.org>: Recipient address
    rejected: User unknown

--4C1f2B0Xyz.1763870000/mx.weir.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: Guildhall <forum@guildhall.example>
Subject: A new password
Status: 5.0.0
--4C1f2B0Xyz.1763870000/mx.weir.example--
"""

EXCHANGE = b"""From: <postmaster@northbrook.onmicrosoft.example>
To: <forum@guildhall.example>
Date: Mon, 23 Nov 2026 08:00:03 +0000
MIME-Version: 1.0
X-MS-Exchange-Message-Is-Ndr:
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="b7d0c5f4-9e4c-4d12-8a11-0e2f51a7c9aa"
Content-Language: en-GB
Subject: Undeliverable: A new password
Auto-Submitted: auto-replied

--b7d0c5f4-9e4c-4d12-8a11-0e2f51a7c9aa
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="5e0a6d92-31b4-4f0e-a1bb-7b16c2a1d9f3"

--5e0a6d92-31b4-4f0e-a1bb-7b16c2a1d9f3
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Your message to maya@example.org couldn't be delivered.

--5e0a6d92-31b4-4f0e-a1bb-7b16c2a1d9f3
Content-Type: text/html; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

<p>Your message to maya@example.org couldn't be delivered.</p>

--5e0a6d92-31b4-4f0e-a1bb-7b16c2a1d9f3--

--b7d0c5f4-9e4c-4d12-8a11-0e2f51a7c9aa
Content-Type: message/delivery-status

Reporting-MTA: dns;LO2P265MB0001.GBRP265.PROD.OUTLOOK.EXAMPLE
Received-From-MTA: dns;mx.guildhall.example
Arrival-Date: Mon, 23 Nov 2026 08:00:01 +0000

Final-Recipient: rfc822;maya@example.org
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient maya@example.org not found by SMTP address lookup

--b7d0c5f4-9e4c-4d12-8a11-0e2f51a7c9aa
Content-Type: message/rfc822

From: Guildhall <forum@guildhall.example>
Subject: A new password

Hello
--b7d0c5f4-9e4c-4d12-8a11-0e2f51a7c9aa--
"""

GMAIL = b"""From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
To: forum@guildhall.example
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
MIME-Version: 1.0
Content-Type: multipart/report; boundary="000000000000a1b2c30612345678"; report-type=delivery-status

--000000000000a1b2c30612345678
Content-Type: multipart/related; boundary="000000000000a1b2d00612345679"

--000000000000a1b2d00612345679
Content-Type: multipart/alternative; boundary="000000000000a1b2d9061234567a"

--000000000000a1b2d9061234567a
Content-Type: text/plain; charset="UTF-8"


** Address not found **

Your message wasn't delivered to maya@example.org because the address couldn't be found, or is unable to receive mail.

--000000000000a1b2d9061234567a--
--000000000000a1b2d00612345679
Content-Type: image/png; name="icon.png"
Content-Disposition: attachment; filename="icon.png"
Content-Transfer-Encoding: base64
Content-ID: <icon.png>

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk
--000000000000a1b2d00612345679--
--000000000000a1b2c30612345678
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.example
Received-From-MTA: dns; forum@guildhall.example
Arrival-Date: Mon, 23 Nov 2026 00:00:02 -0800 (PST)
X-Original-Message-ID: <4f@guildhall.example>

Final-Recipient: rfc822; maya@example.org
Action: failed
Status: 5.1.1
Remote-MTA: dns; gmail-smtp-in.l.google.example. (192.0.2.27, the server for the domain example.org.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try
 550-5.1.1 double-checking the recipient's email address for typos or
 550 5.1.1 unnecessary spaces.
Last-Attempt-Date: Mon, 23 Nov 2026 00:00:03 -0800 (PST)

--000000000000a1b2c30612345678
Content-Type: message/rfc822

Subject: A new password

Hello
--000000000000a1b2c30612345678--
"""

#: Postfix, four hours after it was sent: it goes on trying
DELAYED = POSTFIX.replace(b"Action: failed\nStatus: 5.1.1", b"Action: delayed\nStatus: 4.4.1")
#: five days after it was sent: given up, yet nothing is known of the address
GIVEN_UP = POSTFIX.replace(b"\nStatus: 5.1.1\n", b"\nStatus: 4.4.1\n")
#: whoever sent it is not wanted there
POLICY = POSTFIX.replace(b"\nStatus: 5.1.1\n", b"\nStatus: 5.7.1\n")
#: passed on to two addresses, one of which took it
HALF = POSTFIX.replace(
    b"\nFinal-Recipient", b"\nFinal-Recipient: rfc822; m@example.net\nAction: relayed\nStatus: 2.1.5\n\nFinal-Recipient"
)
AWAY = b"From: maya@example.org\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nStatus: 5.1.1 on a beach.\n"
TOLD = b"From: x@example.org\nSubject: failed\nContent-Type: text/plain\n\nAction: failed\nStatus: 5.1.1\n"
READ = POSTFIX.replace(b"message/delivery-status", b"message/disposition-notification")
DEEP = b"".join(b'Content-Type: multipart/report; boundary="%d"\n\n--%d\n' % (n, n) for n in range(4000))
TORN = POSTFIX[: POSTFIX.index(b"Action: failed")]
EMPTY = b""
EXPECTED = {
    "postfix": (POSTFIX, "5.1.1"), "exchange": (EXCHANGE, "5.1.10"), "gmail": (GMAIL, "5.1.1"),
    "crlf": (POSTFIX.replace(b"\n", b"\r\n"), "5.1.1"), "delayed": (DELAYED, ""), "given up": (GIVEN_UP, ""),
    "policy": (POLICY, ""), "half": (HALF, ""), "away": (AWAY, ""), "told": (TOLD, ""), "read": (READ, ""),
    "deep": (DEEP, ""), "torn": (TORN, ""), "empty": (EMPTY, ""),
    "binary": (bytes(range(256)) * 40, ""), "no charset": (POSTFIX.replace(b"us-ascii", b"x-none\xff"), "5.1.1"),
}  # fmt: skip
