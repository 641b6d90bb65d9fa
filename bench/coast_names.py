"""Names, firms and titles of the third family, which is held out; nothing is shared with others."""

from __future__ import annotations

# formal name/what others call them
GIVEN = """
Nguyễn-Anh Thanh Bảo Quốc Tuấn Hạnh Phương Agnieszka/Aga Małgorzata/Gosia Zbigniew/Zbyszek Łukasz
Grzegorz Katarzyna/Kasia Oluwaseun/Seun Chukwuemeka/Emeka Adaeze/Ada Folasade/Sade Ngozi Kelechi
Hyun-woo Ji-yeon Min-jun Seo-yun Takashi Haruki Yuki Akiko Kenji Siddharth/Sid Lakshmi Arvind
Venkatesh/Venkat Harpreet/Harry Gurpreet Manpreet Jasmin Abdulrahman/Abdul Khadija Ibrahim Mustafa
Zainab Bilal Guadalupe/Lupita Concepción/Connie Jesús Ximena Maximiliano/Max Esperanza Salvador/Sal
Rogério João Thiago Beatriz/Bia Leticia Anastasia/Stacy Vladimir/Vlad Svetlana/Lana Yekaterina/Katya
Dmytro Oksana Zsófia István Bálint Jürgen Björn Søren Astrid Ingrid Aoife Siobhán Pádraig Niamh
Tanisha Shaniqua DeMarcus LaToya Jermaine Rashad Kiara Trevon Ebony Marquis Imani Jaleel
Cody/Code Brittany/Britt Dustin/Dusty Tiffany/Tiff Chelsea Garrett Bethany/Beth Wyatt Kaitlyn/Kait
Cheyenne Colton Savannah/Savvy Hunter Mackenzie/Mack Tanner Sierra Trenton/Trent Marissa/Rissa
"""
FAMILY = """
Võ Đặng Bùi Dương Lý Trịnh Đinh Wójcik Kamiński Szymański Dąbrowski Wiśniewska Jabłoński Krawczyk
Adeyemi Okonkwo Eze Balogun Nwosu Ogunleye Abubakar Obi Kim Park Choi Jung Kang Yoon Tanaka Suzuki
Watanabe Ito Kobayashi Sato Iyengar Krishnamurthy Venkataraman Banerjee Chatterjee Reddy Naidu Gill
Sandhu Dhillon Grewal Haddad Al-Rashid El-Sayed Mansour Qureshi Siddiqui Farouk Villanueva
Echeverría Ibarra-Solís Zamora Valdivia Cisneros Arriaga Montoya Figueroa Bustamante Ferreira
Oliveira dos-Santos Carvalho Teixeira Kuznetsov Volkova Shevchenko Bondarenko Kovalchuk Szabó Nagy
Horváth Müller Schröder Weiß Lindström Øverland Nygård Gallardo Ó-Briain MacGiolla Whitfield
Blackwood Tuttle Pettigrew Stallworth Boudreaux Thibodeaux Landry Guidry Fontenot Hebert Broussard
Yazzie Begay Tsosie Kalani Kahananui Tuiasosopo Faleafine Lealaimatafao Mahoe Redcloud Swiftwater
"""
ROOTS = "Ashk Brev Cald Drax Eld Fosk Grim Hald Jost Kesw Lorv Mund Nesk Orv Prest Quel Rusk Stav Trell Vosk Wend Yarb Zell"
ENDS = "aby acre eth idge inger iss olm ovan ulis ussen wyn yard"
HEADS = """
Bayfront Pelican-Bay Gulfstream Coral-Ridge Driftwood Tidewater Sand-Dollar Osprey Mangrove
Lighthouse-Point Barnacle Marlin Seagrape Spanish-Moss Cormorant Saltmarsh Windward Leeward Anclote
Halifax Okeefenokee Tarpon Manatee Suwannee Apalachee Kissimmee Caloosa Matanzas Sanibel Captiva
"""
LINES = {
    "Regional Health System": "RHS", "Memorial Hospital": "Mem Hosp", "Senior Living": "SL",
    "Resort and Spa": "Resort", "Charter Academy": "Charter Acad", "Port Authority": "Port Auth",
    "Citrus Growers": "Citrus", "Marine Supply": "Marine", "Aerospace": "Aero", "Title Company": "Title Co",
    "Roofing": "Roofing", "Orthopedics": "Ortho", "Water Utility": "Water Util", "Dental Group": "Dental",
    "Seafood Processing": "Seafood Proc", "Cruise Terminal": "Cruise Term", "Boat Works": "Boat Wks",
    "Insurance Brokers": "Ins Brokers", "Realty Advisors": "Realty", "Food Bank": "Food Bank",
}  # fmt: skip
LEGAL = (", Inc.", " LLC", " Corp.", " Company", " PLLC", "", "")
TITLES = {
    "Travel Nurse ICU": ("ICU RN", "Trvl RN ICU"), "Medical Assistant": ("MA", "Med Asst"),
    "Sonographer": ("Sono", "Ultrasound"), "Surgical Technologist": ("Surg Tech", "Scrub Tech"),
    "Home Health Aide": ("HHA", "Home Hlth Aide"), "Line Lead": ("Lead", "Line Ld"),
    "Deckhand": ("Deck", "Deckhand"), "Rigger": ("Rigger", "Rigger"),
    "Diesel Mechanic": ("Diesel Mech", "Dsl Mech"), "Banquet Server": ("Bqt Server", "Server"),
    "Room Attendant": ("Room Att", "Rm Attendant"), "Sous Chef": ("Sous Chef", "Sous"),
    "Escrow Officer": ("Escrow Off", "Escrow"), "Underwriter": ("UW", "Underwriter"),
    "Math Teacher": ("Math Tchr", "Math"), "School Psychologist": ("School Psych", "Psych"),
    "GIS Analyst": ("GIS", "GIS Anlst"), "Civil Engineer": ("Civil Eng", "CE"),
    "Data Scientist": ("Data Sci", "DS"), "Cloud Architect": ("Cloud Arch", "Cloud"),
    "Pharmacy Technician": ("Pharm Tech", "PhT"), "Speech Therapist": ("Speech", "ST"),
    "Payroll Administrator": ("Payroll Admin", "Payroll"), "Pipefitter": ("Pipefitter", "Pipe"),
}  # fmt: skip
PROJECTS = (
    "Tower B",
    "Phase 2",
    "Hurricane Relief",
    "EPIC Go-Live",
    "Dock Rebuild",
    "Summer Flu",
    "FY26",
    "Wing C",
)
SITES = ("Main Campus", "Beach Rd", "Annex", "Airport", "North Pier", "Downtown Clinic")
